Feature: The bearer token
  Where a token is configured, it guards every route but health: a forgotten
  route is an open door. The token comes in the Authorization header, its
  scheme in any case (RFC 6750, section 2.1; RFC 9110, section 11.1), and not
  in the address, which ends up in logs.

  @SE-01 @requests-40 @side-by-side
  Scenario: Every route but health demands the token
    When the client asks every route without a token, with wrong ones and with the right one
    Then only the right token is taken, and health needs none
