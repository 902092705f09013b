Feature: A worker stops cleanly and comes back
  Orchestrators send SIGTERM at every deployment. A client must then see the end
  of its stream rather than a broken connection, and the process must exit with
  status 0 before it is killed. After a kill the next process must find its port
  free and answer as before.

  @LI-02 @side-by-side @requests-8
  Scenario Outline: SIGTERM while <what> streams
    When SIGTERM comes to a worker while it streams <what>, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then each refused new requests, ended its streams and exited with status 0 in time

    Examples:
      | what         |
      | a long text  |
      | a short text |

  @LI-02 @side-by-side @requests-12
  Scenario: SIGTERM with jobs in the queue
    When SIGTERM comes to a worker that has 3 more jobs beside the one that continues:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then each refused new requests, ended its streams and exited with status 0 in time

  @LI-02 @side-by-side
  Scenario: SIGTERM while idle
    When SIGTERM comes to an idle worker
    Then each refused new requests, ended its streams and exited with status 0 in time

  @LI-03 @side-by-side @requests-7
  Scenario: kill -9 and a restart on the same port
    When a worker answers, is killed with kill -9 while it streams, is started again on its port and answers the same, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the restarted worker was healthy at once and answered as before
