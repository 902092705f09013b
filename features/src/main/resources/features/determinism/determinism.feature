Feature: The same request gives the same text
  Without this no test of a prompt, no bug report and no cache can be trusted.
  Temperature 0 takes the likeliest token; with a seed the draw is repeatable.
  Counter-based draws: Salmon et al., Parallel random numbers, SC 2011.

  @DT-01 @requests-9 @smoke
  Scenario: Temperature 0 gives one text in all of 8 runs
    When the client asks 8 times for 48 tokens at temperature 0 to continue one of:
      """
      Once upon a time, there was
      The cat sat on the mat. The dog sat on the log. The cat sat
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then all replies to one request are the same, as DT-01 demands

  @DT-01 @requests-9
  Scenario: A long prompt, read for the first time or again, gives one text
    A worker that keeps a prompt for the next time computes it in two ways.
    When the client asks 8 times for 12 tokens at temperature 0 to continue one of:
      """
      A fox lived near a mill by the river. Each morning the fox walked to the mill and asked the miller for bread. The miller was kind, but he had little. So he gave the fox a small piece, and the fox said thank you. One day the river rose and the mill was in danger. The fox ran to the village and called the people. They came with sand and stones, and they saved the mill. From that day on, the miller and the fox were friends. When winter came and snow lay on the roof, the fox slept by the stove, and the miller told it stories of the sea. In spring they planted beans behind the house, and the first evening that was warm they sat outside, and the miller said
      """
    Then all replies to one request are the same, as DT-01 demands

  @DT-02 @requests-9
  Scenario: A fixed seed gives one text in all of 8 runs
    When the client asks 8 times for 48 tokens at temperature 0.8 with seed 20261123 to continue one of:
      """
      Once upon a time, there was
      The cat sat on the mat. The dog sat on the log. The cat sat
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then all replies to one request are the same, as DT-02 demands

  @DT-03 @requests-5
  Scenario: Different seeds give different texts
    When the client asks with each of the seeds 1, 2, 3, 4, 5 for 32 tokens at temperature 1.0 to continue one of:
      """
      Once upon a time, there was
      Last night I had a strange dream about
      Dear diary, today I met
      """
    Then at least 3 texts differ

  @DT-07 @requests-7
  Scenario: A seed that the worker drew can be replayed
    When the client asks 3 times without a seed for 32 tokens, and again with each reported seed, to continue one of:
      """
      Once upon a time, there was
      Last night I had a strange dream about
      Dear diary, today I met
      """
    Then each replay gives the text that its seed gave before

  @DT-08 @requests-10
  Scenario: A text for fewer tokens begins the text for more
    When the client asks for texts of 8, 16, 32 tokens that continue each line of:
      """
      Once upon a time, there was
      🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀
      """
    Then each text begins the longer ones
