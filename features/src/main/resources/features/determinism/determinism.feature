Feature: The same request gives the same text
  Without this no test of a prompt, no bug report and no cache can be trusted.
  Temperature 0 takes the likeliest token; with a seed the draw is repeatable.
  Counter-based draws: Salmon et al., Parallel random numbers, SC 2011.

  @DT-01 @requests-8 @smoke
  Scenario: Temperature 0 gives one text in all of 8 runs
    When the client asks 8 times for 48 tokens at temperature 0 to continue:
      """
      Once upon a time, there was
      """
    Then all replies to one request are the same, as DT-01 demands

  @DT-02 @requests-8
  Scenario: A fixed seed gives one text in all of 8 runs
    When the client asks 8 times for 48 tokens at temperature 0.8 with seed 20261123 to continue:
      """
      Once upon a time, there was
      """
    Then all replies to one request are the same, as DT-02 demands

  @DT-03 @requests-5
  Scenario: Different seeds give different texts
    When the client asks with each of the seeds 1, 2, 3, 4, 5 for 32 tokens at temperature 1.0 to continue:
      """
      Once upon a time, there was
      """
    Then at least 3 texts differ

  @DT-07 @requests-6
  Scenario: A seed that the worker drew can be replayed
    When the client asks 3 times without a seed for 32 tokens, and again with each reported seed, to continue:
      """
      Once upon a time, there was
      """
    Then each replay gives the text that its seed gave before
