Feature: Ambiguous requests
  Where a proxy and a worker disagree on where a request ends, one client can
  hide a request within another's (RFC 9112, sections 11.1 and 11.2). So what
  can be read in two ways is not read at all: 400, and the connection closed.

  @SE-06 @requests-8 @beyond-scripted
  Scenario: What can be read in two ways is refused
    When the client sends requests whose framing can be read in two ways, each with a request hidden behind it
    Then each is refused with 400, its connection closed, and the hidden request never answered
