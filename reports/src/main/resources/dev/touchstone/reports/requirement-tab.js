'use strict';

allure.api.addTranslation('en', {
  tab: { behaviors: { name: 'Requirements' } },
  widget: { behaviors: { name: 'Areas of the contract', showAll: 'show all' } },
});

allure.api.addTab('behaviors', {
  title: 'tab.behaviors.name',
  icon: 'fa fa-list',
  route: 'behaviors(/)(:testGroup)(/)(:testResult)(/)(:testResultTab)(/)',
  onEnter: (testGroup, testResult, testResultTab) =>
    new allure.components.TreeLayout({
      testGroup,
      testResult,
      testResultTab,
      tabName: 'tab.behaviors.name',
      baseUrl: 'behaviors',
      url: 'data/behaviors.json',
    }),
});

allure.api.addWidget(
  'widgets',
  'behaviors',
  allure.components.WidgetStatusView.extend({
    rowTag: 'a',
    title: 'widget.behaviors.name',
    baseUrl: 'behaviors',
    showLinks: true,
  }),
);
