Feature: The chunks of a streamed answer
  Clients of the OpenAI API read data-only events, each a chunk of one answer, up
  to a finish_reason and then data: [DONE]. A chunk may carry several tokens or
  none. The form is that of OpenAI's public API reference, "streaming".

  @OA-01 @smoke
  Scenario Outline: A streamed answer of <route> is one answer and comes to its end
    When the client asks <route> for 24 streamed tokens to continue:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the chunks are those of one <object>, and [DONE] ends them

    Examples:
      | route       | object                |
      | completions | text_completion       |
      | chat        | chat.completion.chunk |

  @OA-02 @requests-12 @smoke
  Scenario Outline: Streamed and whole answers of <route> are the same text and count alike
    When the client asks <route> for 1, 2, 7, 24 tokens, whole and streamed, to continue:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then both give the same text, and usage that adds up

    Examples:
      | route       |
      | completions |
      | chat        |

  @OA-03 @requests-6
  Scenario: Greedy text of completions equals that of /execute
    A raw prompt is raw: a template would answer it rather than continue it.
    When the client asks /execute twice and completions once for 24 tokens to continue each line of:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      Once upon a time, there was
      """
    Then completions gives the text of /execute

  @OA-08 @needs-launch @side-by-side @requests-8
  Scenario: A generation that the worker cannot finish does not look complete
    A cut answer that looks whole is believed. The worker is told to stop by its
    operating system in the middle of long streams.
    When the client streams long answers by completions and by chat from a worker that is then told to stop, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then every stream that did not finish says so by an error
