Feature: Stop sequences
  A program that asks for text up to a mark must get exactly that. A sequence
  may lie anywhere in the tokens, so it is matched on text; what may become a
  match is held back, and sent when it did not. The client first learns the text
  and then cuts stop sequences out of it.

  @SP-03 @requests-16
  Scenario: The text ends before the sequence, wherever it lies
    Given the client knows the text of 32 tokens that continues one of:
      """
      Once upon a time, there was
      Last night I had a strange dream about
      The cat sat on the mat. The dog sat on the log. The cat sat
      """
    And the client knows the text of 32 tokens that continues one of:
      """
      🙂🚀🌈🙂🚀🌈🙂🚀🌈🙂🚀🌈🙂🚀
      春夏秋冬春夏秋冬春夏秋冬春夏秋冬春夏秋冬春夏
      """
    When the client asks again with stop sequences cut from each text
    Then each text ends before its stop sequence, as SP-03 demands

  @SP-04 @requests-8
  Scenario: Of several sequences the first to occur ends the text
    Given the client knows the text of 32 tokens that continues one of:
      """
      Once upon a time, there was
      Last night I had a strange dream about
      The cat sat on the mat. The dog sat on the log. The cat sat
      """
    When the client asks again with a stop sequence that occurs in each place among four, and with two that occur
    Then each text ends before its stop sequence, as SP-04 demands

  @SP-04 @requests-3
  Scenario: Five sequences are too many, and an empty one is none
    When the client asks with five stop sequences, with an empty one, and with an empty one among others
    Then each is refused with 400
