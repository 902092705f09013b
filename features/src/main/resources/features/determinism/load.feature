Feature: Other requests at the same time change nothing
  A worker that computes requests together may add numbers in another order, or
  share what should be each request's own. One person's text must not depend on
  how many others are there.

  Background:
    Given the client knows the greedy and a seeded text of 24 tokens that continue one of:
      """
      Once upon a time, there was
      The cat sat on the mat. The dog sat on the log. The cat sat
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """

  @DT-05 @requests-20
  Scenario: Others run or wait when the request comes
    When the client asks again while 1 other runs or waits
    When the client asks again while 3 others run or wait
    When the client asks again while 6 others run or wait
    Then the text is as before, as DT-05 demands

  @DT-05 @requests-12
  Scenario: Others come while the request runs
    When the client asks again before 3 others come
    Then the text is as before, as DT-05 demands

  @DT-05 @requests-10
  Scenario: The same request several times at once
    When the client asks for the same 6 times at once
    Then the text is as before, as DT-05 demands

  @DT-06 @requests-8 @side-by-side
  Scenario: A fresh process gives the same from its first answer on
    When another process of the same worker is asked twice
    Then the text is as before, as DT-06 demands
