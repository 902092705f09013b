Feature: Cancelling a running job
  A person who presses stop wants silence, and the next person wants the engine.
  So a cancelled job ends with error CANCELLED, at once and properly.

  @CA-01 @requests-6 @smoke
  Scenario: A running job ends soon after its cancel
    When the client cancels 3 running generations, each continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then each cancelled stream ends with CANCELLED in time
