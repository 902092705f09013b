Feature: Wrong routes, methods and media types
  Errors of HTTP itself have the same JSON body as all others, so that a client
  needs one reader. Status codes and the Allow header: RFC 9110, sections 15.5
  and 10.2.1.

  @ER-03 @smoke
  Scenario Outline: <method> to <route> is told the right method
    When the client sends <method> to <route>
    Then the worker refuses it with 405 and allows <allowed>

    Examples:
      | method | route    | allowed |
      | GET    | /execute | POST    |
      | PUT    | /execute | POST    |
      | GET    | /cancel  | POST    |
      | DELETE | /health  | GET     |

  @ER-03 @smoke
  Scenario Outline: <method> to an unknown route is not found
    When the client sends <method> to /no-such-route
    Then the worker refuses it with 404

    Examples:
      | method |
      | GET    |
      | POST   |

  @ER-03
  Scenario: Another media type than JSON is refused
    When the client sends a valid request as text/plain
    Then the worker refuses it with 415

  @ER-03
  Scenario: A request that names no media type is served or refused
    RFC 9110, section 8.3, lets a worker take it for what it looks like.
    When the client sends a valid request without a media type
    Then the worker serves it, or refuses it with 400 or 415

  @ER-03
  Scenario: A body over the limit is refused
    When the client sends ever larger bodies, up to 16 MiB, until one is refused for its size
    Then the worker refuses it with 413
