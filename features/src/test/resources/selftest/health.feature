Feature: Health of the fake worker
  The kit's own test of a run: one promise, kept or broken.
  It is no part of the contract's suite.

  @HL-01
  Scenario: Health names a model
    When the self-test asks for health
    Then the self-test finds a model

  @EV-09 @EV-10
  Scenario Outline: One after the other, <count>
    When the self-test asks for health
    And the self-test asks for health
    Then the self-test judges both rules

    Examples:
      | count |
      | once  |
      | twice |

  @VR-01
  Scenario: Never planned on a worker that is not resident
    When the self-test asks for health
