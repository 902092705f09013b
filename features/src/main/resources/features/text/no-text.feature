Feature: Prompts that are no text
  Bytes that are no UTF-8 and half a surrogate pair come from broken clients and
  from attackers. They may be refused or read with U+FFFD in their place, as the
  Unicode standard has it (chapter 3.9), but nobody else may notice.
  Bytes are written in angle brackets here.

  @TX-06 @requests-21
  Scenario: They are refused or replaced, and the next result is the usual one
    Given the client knows the greedy and a seeded text of 16 tokens that continue one of:
      """
      Once upon a time, there was
      The cat sat on the mat. The dog sat on the log. The cat sat
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    When the client sends prompts that are no text, and after each its own request again:
      """
      a continuation byte alone: one<80>two
      a character that is cut: one two <E2><82>
      an overlong form: one<C0><AF>two
      an encoded surrogate: one<ED><A0><80>two
      a byte that UTF-8 never has: one<FF>two
      Latin-1: caf<E9> au lait
      a lone high surrogate escape: one\uD83D two
      a lone low surrogate escape: one\uDE00 two
      a surrogate pair in the wrong order: one\uDE00\uD83D two
      """
    Then each is refused or read with replacements, and the next results are unchanged
