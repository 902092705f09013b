Feature: Cancelling and other jobs
  A cancel may come twice, late, or for a job that was never there: an
  orchestrator that repeats itself must not get an error, nor cost another
  client its text. A job that waits can be cancelled like one that runs.

  @CA-02 @requests-12 @beyond-scripted
  Scenario: Cancels of finished, unknown and repeated ids touch no other job
    When the client cancels finished, unknown and no ids beside a running job, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then each is answered as it should be, and no other job is touched

  @CA-03 @requests-9 @beyond-scripted
  Scenario: A job that is cancelled while it waits never runs
    When the client cancels two jobs that wait behind a running one, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then neither gives a token, and the job behind them runs
