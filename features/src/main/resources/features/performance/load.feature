Feature: Long prompts and many clients
  A prompt four times as long may take four times as long to read, not sixteen
  times. And a worker that many use at once answers them all: the load is a closed
  loop, in which each client sends its next request when its last one has ended.

  @PF-04 @requests-20
  Scenario: Prefill grows no faster than the prompt
    When the client measures the first token after prompts of about 128, 512 and 2048 tokens, up to half the context
    Then the time to first token grows no faster than linearly

  @PF-05 @requests-70
  Scenario: Up to 16 streams at once
    When 1, 2, 4, 8 and 16 clients in turn ask at once for up to 32 tokens to continue:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then no request failed at any level
