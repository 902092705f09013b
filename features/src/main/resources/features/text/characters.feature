Feature: Whole characters
  One character may take several tokens. A worker that decodes each token alone
  sends broken halves: U+FFFD, lone surrogates or bytes that are no UTF-8. The
  encoding is that of RFC 3629; JSON text is UTF-8 by RFC 8259, section 8.1.

  @TX-01 @requests-5 @smoke
  Scenario: Characters that span tokens arrive whole
    When the client asks for 48 tokens to continue each line of:
      """
      🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀 🌈 🙂 🚀
      春夏秋冬春夏秋冬春夏秋冬春夏秋冬春夏秋冬春夏
      žluťoučký kůň žluťoučký kůň žluťoučký kůň žluťoučký kůň
      สวัสดี ครับ สวัสดี ครับ สวัสดี ครับ สวัสดี ครับ สวัสดี
      ꙮ ꙮ ꙮ ꙮ ꙮ ꙮ ꙮ ꙮ
      """
    Then the text has whole characters only

  @TX-02 @requests-19
  Scenario: A token that completes no character still counts
    The limit is set to every number of tokens in turn, so that it also falls
    within characters. What was pending then comes as one replacement character.
    When the client asks for 1 to 12 tokens to continue one of these, whose characters take several tokens:
      """
      🙂🚀🌈🙂🚀🌈🙂🚀🌈🙂🚀🌈🙂🚀
      ꙮ ꙮ ꙮ ꙮ ꙮ ꙮ ꙮ ꙮ
      春夏秋冬春夏秋冬春夏秋冬春夏秋冬春夏秋冬春夏秋冬春
      ⴰⴱⴳⴷ ⴰⴱⴳⴷ ⴰⴱⴳⴷ ⴰⴱⴳⴷ ⴰⴱ
      𓀀𓁐𓂀𓃰𓀀𓁐𓂀𓃰𓀀𓁐𓂀𓃰𓀀𓁐𓂀
      𝔘𝔫𝔦 𝔘𝔫𝔦 𝔘𝔫𝔦 𝔘𝔫𝔦 𝔘𝔫𝔦 𝔘𝔫
      """
    Then every token is counted and no byte is dropped

  @TX-05 @requests-5
  Scenario: Spaces and line ends at the edges of tokens are kept
    When the client asks for 24 tokens to continue the words of each line of:
      """
      north east south west north east south west north east south west north
      a b c d a b c d a b c d a b c d a b c d
      apples\npears\nplums\napples\npears\nplums\napples\npears\nplums\napples\npears
      one two three one two three one two three one two
      uno\ndos\ntres\nuno\ndos\ntres\nuno\ndos\ntres\nuno\ndos
      """
    Then the spaces and line ends between words are kept

  @TX-05 @requests-4 @native
  Scenario: A prompt that ends within a character's bytes is not sent back
    The last token of such a prompt is no character by itself. A detokenizer that
    looks for the beginning of that character may go back to that of the prompt.
    When the client asks for 8 tokens to continue each line of:
      """
      春夏秋冬春夏秋冬春夏秋冬春夏秋冬春夏秋冬春夏
      ꙮ ꙮ ꙮ ꙮ ꙮ ꙮ ꙮ ꙮ
      𓀀𓁐𓂀𓃰𓀀𓁐𓂀𓃰𓀀𓁐𓂀𓃰𓀀𓁐𓂀
      🙂🚀🌈🙂🚀🌈🙂🚀🌈🙂🚀🌈🙂🚀
      """
    Then no token carries the prompt
