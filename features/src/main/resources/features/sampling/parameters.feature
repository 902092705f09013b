Feature: Sampling parameters do what they say
  A parameter that is accepted and ignored is worse than one that is refused:
  its user tunes a knob that is not connected. The order of the chain and the
  ranges are those of the worker contract.

  @SP-02 @requests-11
  Scenario: Temperature 0, top_k 1 and top_p 0 are all greedy
    When the client asks for 24 greedy tokens by temperature, top_k and top_p, with the seeds 1, 7, 4294967297, to continue one of:
      """
      Once upon a time, there was
      Last night I had a strange dream about
      The cat sat on the mat. The dog sat on the log. The cat sat
      """
    Then each gives the greedy text

  @SP-05 @requests-8
  Scenario: A repetition penalty makes a text that loops repeat less
    When the client asks for 32 tokens without and with a repetition penalty of 1.8 to continue each line of:
      """
      tick tock tick tock tick tock tick tock tick tock tick tock tick
      a b c d a b c d a b c d a b c d a b c d
      The cat sat on the mat. The dog sat on the log. The cat sat on the mat. The dog sat on the log. The cat sat
      🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀
      """
    Then the penalty makes the text repeat less

  @SP-06 @requests-16
  Scenario: A higher temperature gives more distinct texts
    When the client asks for 8 tokens with 8 seeds at temperatures 0.05 and 1.5 to continue one of:
      """
      Once upon a time, there was
      Last night I had a strange dream about
      Dear diary, today I met
      """
    Then the higher temperature gives more distinct texts

  @SP-07 @requests-10
  Scenario: Every seed of 64 bits counts
    When the client asks for 24 tokens with each of the seeds 0, 1, 9007199254740992, 9007199254740993, 9007199254740994, 9223372036854775808, 18446744073709551614, 18446744073709551615, and with the first again, to continue one of:
      """
      Once upon a time, there was
      Last night I had a strange dream about
      Dear diary, today I met
      """
    Then each seed is echoed exactly and gives a text of its own
