Feature: Metrics that tell the truth
  Capacity is planned by counters. They are only worth reading where their form
  is what Prometheus reads (text format 0.0.4) and where they count what
  happened, each thing once and under its own name.

  @ME-01 @requests-20 @beyond-scripted
  Scenario: The counters move by exactly what was caused
    When the client reads the metrics of an idle worker
    Then they are valid Prometheus text with every promised member
    When it has requests served and others cancelled, and reads them again after each
    Then the counters moved by exactly that
