package dev.touchstone.worker.fault;

import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.matcher.ElementMatcher;

/**
 * One method of the worker and what is woven into it.
 *
 * @param type the class by its full name
 * @param method which of its methods or constructors
 * @param advice a class with Byte Buddy's {@code @Advice} methods, public and static
 */
record Weave(String type, ElementMatcher<? super MethodDescription> method, Class<?> advice) {}
