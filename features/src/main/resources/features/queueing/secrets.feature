Feature: Secrets of concurrent requests
  Each of several clients has a secret in its prompt, and has the model say it.
  A stream with another client's secret is the worst that a worker can do to
  the people who trust it.

  @QU-03 @needs-echo @requests-6 @beyond-scripted
  Scenario: No stream has another's secret
    When clients ask at once, each with a secret that its prompt has repeated:
      """
      The old mill by the river grinds yellow corn.
      Nine silver keys are hidden under the stairs.
      A small boat with red sails left the island.
      My brother keeps four white horses in a barn.
      """
    Then no stream has another's secret
