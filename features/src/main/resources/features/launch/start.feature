Feature: Readiness is true
  A load balancer sends the first request right after the first healthy answer.
  So a worker that still loads keeps its port closed or answers 503, and it is
  ready soon after its process starts.

  @LI-04 @LI-06 @requests-30
  Scenario: Healthy soon after the start, and only when it can answer
    When a worker is started, its health polled, and at its first healthy answer 8 tokens asked to continue:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then it was never healthy before it could answer, and its first request did not wait
    And it was healthy in time
