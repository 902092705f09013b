Feature: Earlier requests leave no trace
  What a request gives depends on nothing that came before it. Caches of prompts,
  pooled buffers and samplers that live on are where such traces come from.
  Each scenario first asks twice, so that a worker that disagrees with itself
  is not blamed here.

  Background:
    Given the client knows the greedy and a seeded text of 24 tokens that continue one of:
      """
      Once upon a time, there was
      The cat sat on the mat. The dog sat on the log. The cat sat
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """

  @DT-04 @requests-14
  Scenario: Other requests change nothing
    When the client asks again after other requests that continue each line of:
      """
      春夏秋冬春夏秋冬春夏秋冬春夏秋冬春夏秋冬春夏
      Once upon a time, there were
      A list of colours: red, green,
      """
    Then the text is as before, as DT-04 demands

  @DT-04 @requests-11
  Scenario: A request that was left or cancelled changes nothing
    When the client asks again after a request that it left, and after one that it cancelled
    Then the text is as before, as DT-04 demands

  @DT-04 @requests-21
  Scenario: Refused requests change nothing
    When the client asks again after each kind of request that is refused
    Then the text is as before, as DT-04 demands

  @DT-04 @requests-50
  Scenario: A request that shares a long part of its prompt changes nothing
    When the client asks in turn for 8 tokens with prompts that share this:
      """
      A fox lived near a mill by the river. Each morning the fox walked to the mill
      and asked the miller for bread. The miller was kind, but he had little. So he
      gave the fox a small piece, and the fox said thank you. One day the river rose
      and the mill was in danger. The fox ran to the village and called the people.
      They came with sand and stones, and they saved the mill.
      """
    Then the text is as before, as DT-04 demands
    When where the model recalls facts, the client asks in turn for each of three facts told before the same text:
      """
      The weather was fine and the road was long. The weather was fine and the
      road was long. The weather was fine and the road was long.
      """
    Then no answer tells another's fact
