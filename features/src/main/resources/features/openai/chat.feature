Feature: Chat by the model's own template
  A chat model reads turns that its template marks. Without the template it
  continues the words instead of answering them. Which template it is cannot be
  told from outside, but that one is applied, and that roles matter, can.

  @OA-05 @requests-15
  Scenario: Template, system message and roles change what the model reads
    When the client asks chat for 24 tokens, with and without a system message and an assistant's turn, in the words of each line of:
      """
      Name three colours of the sky.
      Tell me a short story about a fox.
      What is the name of the cat?
      """
    Then template, system message and roles each make a difference

  @OA-05 @requests-3
  Scenario: A stop string ends a chat
    When the client asks chat for 48 tokens, and again with a stop string from the middle of that text, in the words:
      """
      Tell me a short story about a fox.
      """
    Then the second text is the first up to the stop string
