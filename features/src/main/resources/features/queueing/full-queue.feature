Feature: A full queue
  A worker that takes every request promises what it cannot keep, and dies of
  it. So a full queue says no at once, says that it is worth trying again, and
  says when (RFC 9110, sections 10.2.3 and 15.6.4).

  @QU-02 @requests-150 @beyond-scripted
  Scenario: A request too many is refused at once
    When clients ask for long texts until the worker refuses one, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the full queue refuses at once, and says when to come again
