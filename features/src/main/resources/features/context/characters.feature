Feature: Prompts of very many characters
  Every prompt of up to 32,768 characters is taken where its tokens fit. More is
  taken whole or refused for a limit that the message names; it is never cut, and
  what is far too much is refused before it costs anything.

  @CX-03 @requests-12
  Scenario: About 32,768 characters are read whole, or refused for a limit
    When the client asks for a few tokens after prompts of 32768, 32769, 48000 characters
    Then each is read whole, or refused for a limit that is named

  @CX-03 @requests-12
  Scenario: 1 MB is refused at once
    When the client sends a prompt of 1 MB 2 times, asking for health meanwhile, and then continues:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then it is refused at once, health stays green, and the short request is served
