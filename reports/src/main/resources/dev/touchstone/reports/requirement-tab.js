'use strict';

// The kit's words for Allure's statuses: what Allure calls "broken" is the kit's own fault here.
allure.api.addTranslation('en', {
  status: { failed: 'Broken', broken: 'Kit error', passed: 'Held', skipped: 'Unsupported', unknown: 'Inconclusive' },
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

// What a worker sent is shown here, so every text is escaped.
const text = (value) =>
  String(value).replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]);
const title = (value) => `<h2 class="widget__title">${text(value)}</h2>`;
const link = (page, value) => (page ? `<a class="link" href="#testresult/${text(page)}">${text(value)}</a>` : text(value));

const draw = {
  verdict: ({ title: heading, note, counts, troubles }) =>
    title(heading) +
    `<div class="ts-counts">${counts
      .map((c) => `<div class="ts-count ts-${c.value ? c.kind : 'none'}"><b>${text(c.value)}</b>${text(c.name)}</div>`)
      .join('')}</div><p class="ts-note">${text(note)}</p>` +
    (troubles.length === 0 ? '' : '<table class="ts-table">') +
    troubles
      .map(
        (t) =>
          `<tr><td>${link(t.page, t.id)}</td><td class="ts-kind ts-${t.kind}">${text(t.level)} ${text(t.name)}</td>` +
          `<td>${text(t.text)}${t.more ? ` <i>(and ${t.more} more ${t.more === 1 ? 'scenario' : 'scenarios'})</i>` : ''}</td></tr>`,
      )
      .join('') +
    (troubles.length === 0 ? '' : '</table>'),
  figures: ({ rows }) =>
    title('Figures') +
    (rows.length === 0
      ? '<p class="ts-note">Nothing was measured.</p>'
      : `<table class="ts-table"><tr><th></th><th>figure</th><th>measured</th><th>budget</th></tr>${rows
          .map(
            (r) =>
              `<tr><td>${link(r.page, r.id)}</td><td>${text(r.name)}</td><td><b>${text(r.value)}</b></td>` +
              `<td>${text(r.budget || 'none')}</td></tr>`,
          )
          .join('')}</table>`),
  worker: ({ rows }) =>
    title('The worker') +
    `<table class="ts-table">${rows
      .map((r) => `<tr><td class="ts-name">${text(r.name)}</td><td>${text(r.value)}</td></tr>`)
      .join('')}</table>`,
};

Object.keys(draw).forEach((name) =>
  allure.api.addWidget(
    'widgets',
    name,
    allure.components.WidgetStatusView.extend({
      getTemplate() {
        return draw[name];
      },
      serializeData() {
        return this.model.toJSON();
      },
    }),
  ),
);

// Widgets fill two columns in this order. A single run has no trend, and its summary counts scenarios, not promises.
const overview = allure.api.widgets.widgets;
allure.api.widgets.widgets = Object.fromEntries(
  ['verdict', 'figures', 'behaviors', 'worker', 'categories'].map((name) => [name, overview[name]]),
);
const graphs = allure.api.widgets.graph;
Object.keys(graphs)
  .filter((name) => name.endsWith('-trend'))
  .forEach((name) => delete graphs[name]);
allure.api.testResultTabs = allure.api.testResultTabs.filter((tab) => !['history', 'retries'].includes(tab.id));
const tabs = allure.api.tabs;
tabs.splice(1, 0, tabs.splice(tabs.findIndex((tab) => tab.tabName === 'behaviors'), 1)[0]);
