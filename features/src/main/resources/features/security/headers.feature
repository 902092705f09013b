Feature: Headers and the way to shut down
  What answers say of the server's version helps only those who look for holes;
  answers that every web page may read, or whose type a browser may guess, open
  one. Nobody shuts a worker down from afar without its token.

  @SE-04 @requests-6 @beyond-scripted
  Scenario: Headers give nothing away, and remote shutdown is refused
    When a client of an unknown origin looks at the headers of answers, and a remote one asks for a shutdown
    Then the headers tell no version, open no door, and the shutdown is refused
