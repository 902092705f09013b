Feature: Clients that go away or do not read
  Tabs are closed, machines die, readers stall. A worker that goes on for a
  client that is gone, or waits for one that does not read, keeps everybody
  else waiting. TCP shows it by FIN, by RST, or by nothing but full buffers
  (RFC 9293, sections 3.5.2, 3.6 and 3.8.6).

  @CA-04 @requests-20 @beyond-scripted
  Scenario: Clients that go away free the worker for the next
    When clients that run or wait for long texts go away, and another asks right after, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the next request starts in time after each departure

  @CA-04 @requests-20 @beyond-scripted
  Scenario: Many clients that go away one after another use nothing up
    When 16 clients go away in the middle of their texts, one after another, and one more asks, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the next request starts in time after all of them

  @CA-04 @requests-9 @beyond-scripted
  Scenario: Clients that leave the queue do not disturb who is served
    When clients leave the queue while another is served, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the one that is served gets its whole text

  @CA-05 @requests-50 @side-by-side @beyond-scripted
  Scenario: Clients that do not read stop nobody and are cut off
    When clients ask for long texts and do not read them, while others ask, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the others and health are served, and who does not read is cut off
