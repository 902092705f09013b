Feature: The order of events
  A client shows tokens as they come and must know when it has them all. So a
  stream is started, then tokens, then exactly one end or error, and then the
  worker closes the body. The form of the answer is that of server-sent events,
  WHATWG HTML standard, section 9.2.

  @EV-01 @smoke
  Scenario: A valid request is answered by a stream that no cache keeps
    When the client asks for 4 tokens to continue:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the answer is an event stream that no cache keeps

  @EV-02 @smoke
  Scenario: Started, tokens, one end, and nothing after it
    When the client asks for 32 tokens to continue:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the events come in order and the worker closes the body

  @EV-02 @requests-4
  Scenario: A longer prompt changes nothing in the order
    When the client asks 4 times for 8 tokens after a prompt of up to 2000 characters
    Then the events of each stream come in order and the worker closes the body

  @EV-03 @requests-2 @smoke
  Scenario: The first event says whose stream it is
    When the client asks for 4 tokens with seed 9007199254740993 to continue:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the first event names the job, the model, the time and the seed

  @EV-04 @smoke
  Scenario: Tokens are numbered from 0 without a gap
    When the client asks for 64 tokens to continue:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the tokens are numbered from 0 without a gap

  @EV-05 @smoke
  Scenario: The last event counts truly
    When the client asks for 32 tokens to continue:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the last event tells the true count, time and reason

  @EV-05 @requests-3 @native
  Scenario: A text that goes on where it may was not ended by the model
    When the client asks for 2, 4, 8 tokens to continue one of:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      tick tock tick tock tick tock tick tock tick tock tick tock tick
      """
    Then no text at its limit is said to have ended by itself

  @EV-10 @requests-10
  Scenario: Ten requests in a row each get their own stream
    When the client asks 10 times for 16 tokens at temperature 0 to continue:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then each stream is whole and belongs to its own job
