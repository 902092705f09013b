/** Turns the files of a run into an HTML report, JUnit XML and a Markdown summary. */
@NullMarked
package dev.touchstone.reports;

import org.jspecify.annotations.NullMarked;
