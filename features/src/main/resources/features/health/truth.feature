Feature: Health tells the truth
  A worker that says it is healthy gets the next job. Where its engine has failed
  for good, that job is lost, and so are all after it; so health must say so, and
  whoever waits must be told.

  @HL-05 @requests-60
  Scenario: A worker whose engine has failed is not healthy
    When the engine of a worker that the client has to itself fails for good in the middle of a job, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then health never says again that the worker is healthy, and no job hangs
