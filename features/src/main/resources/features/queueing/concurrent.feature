Feature: Several requests at once
  However many ask, each gets its own whole answer, and nobody is forgotten. A
  worker may run one job at a time, then in order of arrival, or several.
  No stream ever shows another's text: buffers and caches are shared, secrets
  are not.

  @QU-01 @requests-6 @beyond-scripted
  Scenario: Requests that arrive one shortly after the other are all answered
    When clients ask one shortly after the other, the first for a long text, to continue each line of:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      a b c d a b c d a b c d a b c d a b c d a b
      red green blue red green blue red green blue red green
      one two three four one two three four one two three
      Monday Tuesday Wednesday Monday Tuesday Wednesday Monday
      """
    Then each is answered by its own whole stream, in order of arrival where the worker runs one at a time

  @QU-03 @requests-17 @beyond-scripted
  Scenario: Requests at once get their own text, and no other's
    When clients ask one by one, again, and then all at once for 24 tokens to continue each line of:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      a b c d a b c d a b c d a b c d a b c d a b
      red green blue red green blue red green blue red green
      one two three four one two three four one two three
      """
    Then each has the text that its prompt gives alone
    When clients ask at once, each with a secret that its prompt has repeated:
      """
      The old mill by the river grinds yellow corn.
      Nine silver keys are hidden under the stairs.
      A small boat with red sails left the island.
      My brother keeps four white horses in a barn.
      """
    Then no stream has another's secret, where the model repeats what it is given

  @QU-04 @requests-12 @beyond-scripted
  Scenario: A long prompt does not stall a text that is under way
    When a long text is under way while a context-filling prompt is read, continuing:
      """
      1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8 1 2
      """
    Then the text goes on without a stall
