Feature: Who waits is told so
  A client that hears nothing gives up and asks again, and then the worker works
  twice. So the head of the answer comes at once, started when the engine takes
  the job, and comments keep the connection alive (WHATWG HTML, section 9.2.7).

  @EV-11 @requests-12
  Scenario: The head comes before a long prompt is read
    When the client asks 3 times for 4 tokens after a prompt that fills the context
    Then the head came at once and started before the first token

  @EV-11 @requests-3
  Scenario: The head comes while the job must queue
    When the client asks for a long generation and, while it runs, for 8 tokens, both continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the head came at once, and started not before the job's turn

  @EV-08
  Scenario: Metrics stand in their place
    When the client asks for 32 tokens to continue:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then metrics, if any, come between started and the end

  @EV-09 @requests-9
  Scenario: Requests on a kept connection each get their own answer
    A refusal must not leave the body that it did not read to the next request.
    When the client sends on a kept connection, 3 times, a request for 8 tokens, one that is no JSON, and one for health, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then each answer is whole, its own, and not compressed
