Feature: Those that work
  The kit's own test of a run. These run one after another.

  @EV-02 @smoke
  Scenario: A plain one
    When the self-test asks for path /plain
    Then the self-test finds status 200, as EV-02 demands

  @EV-03
  Scenario: One that breaks every other time
    When the self-test asks for path /flip
    Then the self-test finds status 200, as EV-03 demands

  @EV-04
  Scenario: One that the worker tells its secret
    When the self-test asks for path /secret
    Then the self-test finds its token in the answer, as EV-04 demands

  @EV-05
  Scenario: One that is always broken
    When the self-test asks for path /broken
    Then the self-test finds status 200, as EV-05 demands

  @EV-06
  Scenario: One that is given up within its action
    When the self-test gives up at path /plain

  @EV-07
  Scenario: One at which the kit fails
    When the self-test fails by itself

  @EV-09
  Scenario: One that is answered at length
    When the self-test asks for path /long
    Then the self-test finds 1000000 characters, as EV-09 demands
