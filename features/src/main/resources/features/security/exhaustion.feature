Feature: Requests that would wear the worker out
  Slow, idle, enormous and deeply nested requests cost their sender nothing.
  They must not cost the worker its threads, its memory or its stack.

  @SE-03 @requests-3 @side-by-side @long-wait @beyond-scripted
  Scenario: Requests that do not come to their end are cut off
    When clients begin requests and do not finish them, or send a byte each second
    Then each is cut off in time

  @SE-03 @requests-2 @beyond-scripted
  Scenario: Idle connections stop nobody
    When 200 clients connect and send nothing
    Then another client is served all the same

  @SE-03 @requests-4 @beyond-scripted
  Scenario: An enormous body is refused before it is read
    When clients begin to send 100 MB: by its true length, in chunks, and behind a false length
    Then each is refused before it is read

  @SE-03 @requests-5 @beyond-scripted
  Scenario: JSON of absurd depth is refused
    When the client sends JSON that is nested 100,000 deep
    Then each is refused, and the worker lives
