Feature: Those that wait
  The kit's own test of a run. These are first in order and run last, beside each other.

  @EV-01 @side-by-side
  Scenario Outline: Guest <name> meets the others
    When the self-test asks for path /meet
    Then the self-test finds status 200, as EV-01 demands

    Examples:
      | name  |
      | one   |
      | two   |
      | three |
