Feature: No special tokens in the text
  Chat-template markers and the end-of-text token steer the model; they are no
  text. A person who sees <|im_end|> at the end of an answer sees a bug.
  A template is tried only where the worker's own tokenizer knows its marker, and
  once more with a stop sequence that never comes.

  @TX-04 @requests-3 @smoke
  Scenario: The end of a text shows no marker
    When the client lets the model end its text, with any of these templates that it knows:
      | marker             | prompt                                                                          |
      | <\|im_end\|>       | <\|im_start\|>user\nSay yes.<\|im_end\|>\n<\|im_start\|>assistant\n                 |
      | <\|eot_id\|>       | <\|start_header_id\|>user<\|end_header_id\|>\n\nSay yes.<\|eot_id\|><\|start_header_id\|>assistant<\|end_header_id\|>\n\n |
      | <end_of_turn>      | <start_of_turn>user\nSay yes.<end_of_turn>\n<start_of_turn>model\n               |
      | </s>               | [INST] Say yes. [/INST]                                                         |
      | <\|endoftext\|>    | Question: Is snow white? Answer in one word.\nAnswer:                           |
    Then no special token shows in the text
