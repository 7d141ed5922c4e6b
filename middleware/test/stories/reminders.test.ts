import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { testDatabaseUrl } from '../kit/databases.ts';
import { createBrowser, openLink, startWorld, until, type SampleTrainer, type World } from '../kit/world.ts';

const DAY_MS = 86_400_000;

interface Result {
  trainerId: string;
  trainerName: string;
  outcome: string;
  code: string;
  message: string;
}
interface Run {
  kind: string;
  state: string;
  note: string | null;
  total: number;
  succeeded: number;
  failed: number;
  skipped: number;
  finishedAt: string | null;
}

for (const engine of testDatabaseUrl === undefined ? ['pglite'] : ['pglite', 'postgres']) {
  describe(`reminders on ${engine}`, () => {
    let world: World;
    let trainers: SampleTrainer[];
    before(async () => {
      world = await startWorld({ postgres: engine === 'postgres' });
      trainers = await Promise.all([...Array(11).keys()].map((index) => world.trainer(index)));
    });
    after(() => world.close());

    const at = (index: number) => trainers[index] ?? assert.fail(`no trainer ${index}`);
    const mails = () => world.standins.salesforce.outbox.mails();
    const mailsTo = ({ Email__c }: SampleTrainer) =>
      mails().filter(({ to, subject }) => to.includes(Email__c) && /connect/i.test(subject));
    const remind = async (body: object) => {
      const answer = await world.call<{ runId: string }>('POST', '/api/admin/reminders', { body });
      assert.equal(answer.status, 202, answer.text);
      return answer.body.runId;
    };
    const endOf = (runId: string) =>
      until(async () => {
        const { body } = await world.call<Run>('GET', `/api/admin/runs/${runId}`);
        return body.finishedAt !== null && body;
      }, 'the end of the run');
    const resultsOf = async (runId: string, query = '') => {
      const answer = await world.call<{ results: Result[]; page: { next: string | null } }>(
        'GET',
        `/api/admin/runs/${runId}/results${query}`,
      );
      assert.equal(answer.status, 200, answer.text);
      return answer.body;
    };
    const recordOf = async ({ Id }: SampleTrainer) => {
      const [row] = await world.soql<{ Last_Reminder_At__c: string | null; Reminder_Count__c: number | null }>(
        `SELECT Last_Reminder_At__c, Reminder_Count__c FROM Onboarding_Trainer__c WHERE Id = '${Id}'`,
      );
      return row ?? assert.fail('no trainer');
    };
    /** One day on, with the day's run of the ladder to its end. */
    const nextDay = async () => {
      world.clock.advance(DAY_MS);
      await ladder();
    };
    const ladder = () => world.tick('remind-trainers');

    test('by hand: one mail with a link, once a day, noted on the record, a result for each', async () => {
      const chosen = [at(0).Id, at(1).Id, 'a01000000000999AAA'];
      await world.connect(at(1).Email__c);
      const runId = await remind({ trainerIds: chosen });
      const run = await endOf(runId);
      assert.deepEqual([run.kind, run.total, run.succeeded, run.skipped, run.failed], ['reminders-chosen', 3, 1, 2, 0]);
      const { results, page } = await resultsOf(runId);
      assert.deepEqual(
        results.map(({ trainerId, trainerName, outcome, code }) => [trainerId, trainerName, outcome, code]).toSorted(),
        [
          [at(0).Id, at(0).Name, 'succeeded', 'reminded'],
          [at(1).Id, at(1).Name, 'skipped', 'connected'],
          ['a01000000000999AAA', '', 'skipped', 'trainer_not_found'],
        ].toSorted(),
      );
      assert.equal(page.next, null);
      const [mail, another] = mailsTo(at(0));
      assert.equal(another, undefined);
      assert.equal(mail?.subject, 'Please connect Lark for your trainings', 'the template of the org');
      const link = /http\S+ticket=\S+/.exec(mail.body)?.[0] ?? assert.fail('no link');
      assert.match(await openLink(createBrowser(world.base), link), /authorize/);
      const record = await recordOf(at(0));
      assert.equal(record.Reminder_Count__c, 1);
      assert.ok(record.Last_Reminder_At__c);

      const again = await remind({ trainerIds: [at(0).Id] });
      await endOf(again);
      assert.equal((await resultsOf(again)).results[0]?.code, 'reminded_today');
      assert.equal(mailsTo(at(0)).length, 1);
    });

    test('everybody who is not connected: those on hold and reminded today are skipped and say why; pages and outcomes', async () => {
      const runId = await remind({ all: 'not-connected' });
      const run = await endOf(runId);
      assert.deepEqual([run.state, run.total, run.succeeded, run.skipped, run.note], ['done', 10, 9, 1, null]);
      const skipped = await resultsOf(runId, '?outcome=skipped');
      assert.deepEqual(
        skipped.results.map(({ trainerId }) => trainerId),
        [at(0).Id],
      );
      const seen: string[] = [];
      for (let next: string | null = ''; next !== null;) {
        const page = await resultsOf(runId, `?limit=4${next === '' ? '' : `&after=${next}`}`);
        seen.push(...page.results.map(({ trainerId }) => trainerId));
        next = page.page.next;
      }
      assert.equal(new Set(seen).size, 10);
      for (const trainer of trainers) assert.equal(mailsTo(trainer).length, trainer === at(1) ? 0 : 1, trainer.Name);
    });

    test('what is asked wrongly is refused and named', async () => {
      for (const body of [
        {},
        { trainerIds: [] },
        { trainerIds: ['x'] },
        { all: 'everybody' },
        { all: 'not-connected', trainerIds: [at(0).Id] },
      ]) {
        const answer = await world.call('POST', '/api/admin/reminders', { body });
        assert.equal(answer.status, 400, JSON.stringify(body));
      }
      assert.equal(
        (await world.call('GET', '/api/admin/runs/00000000-0000-0000-0000-000000000000/results')).status,
        404,
      );
    });

    test('the ladder: days 1, 3, 7 and 14 after a trainer was first seen, no day twice, and it stops on connect', async () => {
      world.clock.advance(30 * DAY_MS);
      await ladder();
      const before = new Map(trainers.map((trainer) => [trainer.Id, mailsTo(trainer).length]));
      const since = (trainer: SampleTrainer) => mailsTo(trainer).length - (before.get(trainer.Id) ?? 0);
      const days: number[] = [];
      for (let day = 1; day <= 17; day++) {
        const had = since(at(2));
        await nextDay();
        await world.tick('remind-trainers');
        if (since(at(2)) > had) days.push(day);
        if (day === 5) await world.connect(at(3).Email__c);
      }
      assert.deepEqual(days, [1, 3, 7, 14]);
      assert.equal(since(at(3)), 2, 'days 1 and 3, and then it was connected');
      assert.equal((await recordOf(at(2))).Reminder_Count__c, 5, 'with the one by hand');
    });

    test('a connection that is lost begins a new ladder, with the mail that says why', async () => {
      const lost = at(3);
      world.standins.lark.revoke(
        world.standins.lark.accounts.find(({ email }) => email === lost.Email__c)?.openId ?? '',
      );
      const renewed = await world.call('POST', `/api/admin/connections/lark:${lost.Id}/refresh`);
      assert.equal(renewed.status, 200, renewed.text);
      await world.tick('flush-tokens');
      const had = mailsTo(lost).length;
      await nextDay();
      await nextDay();
      const [mail] = mailsTo(lost).slice(had);
      assert.equal(mail?.subject, 'Lark is no longer connected');
      assert.match(mail.body, /Why: .*connect again/i);
      assert.equal(mailsTo(lost).length, had + 1);
    });

    test("near the org's limit the rest is kept back, said so, and comes first tomorrow", async () => {
      world.clock.advance(40 * DAY_MS);
      const { mailLimit } = world.standins.salesforce;
      mailLimit.max = 5;
      const runId = await remind({ all: 'not-connected' });
      const run = await endOf(runId);
      assert.deepEqual([run.state, run.succeeded], ['done', 4], 'one in five is for other mails');
      assert.match(run.note ?? '', /tomorrow they come first/);
      const { results } = await resultsOf(runId, '?outcome=skipped&limit=200');
      const late = results.filter(({ code }) => code === 'mail_limit').map(({ trainerId }) => trainerId);
      assert.equal(late.length, run.skipped);
      assert.ok(late.length > 0);
      const had = mails().length;
      await nextDay();
      const next = mails()
        .slice(had)
        .map(({ to }) => trainers.find(({ Email__c }) => to.includes(Email__c))?.Id ?? '');
      assert.equal(next.length, 4);
      assert.ok(
        next.every((id) => late.includes(id)),
        'those who were kept back come first',
      );
      mailLimit.max = 5_000;
      await nextDay();
      for (const id of late) {
        const trainer = trainers.find(({ Id }) => Id === id) ?? assert.fail('nobody');
        assert.ok(
          Date.parse((await recordOf(trainer)).Last_Reminder_At__c ?? '') > world.clock.now().getTime() - 3 * DAY_MS,
        );
      }
    });

    test('Salesforce goes away in the middle: the run goes on by itself, and nobody gets two', async () => {
      world.clock.advance(2 * DAY_MS);
      const before = new Map(trainers.map((trainer) => [trainer.Id, mailsTo(trainer).length]));
      const { faults } = world.standins.salesforce;
      const fault = faults.add({ kind: 'status', status: 503, path: 'emailSimple', times: 2 });
      const lostAnswer = faults.add({
        kind: 'effect-then-drop',
        path: 'composite/sobjects',
        method: 'PATCH',
        times: 1,
      });
      const unreadable = faults.add({ kind: 'status', status: 503, path: '/query', skip: 4, times: 3 });
      const runId = await remind({ all: 'not-connected' });
      const run = await until(async () => {
        await world.tick('resume-work').catch(() => undefined);
        const { body } = await world.call<Run>('GET', `/api/admin/runs/${runId}`);
        return body.finishedAt !== null && body;
      }, 'the end of the run');
      faults.release(fault.id);
      faults.release(lostAnswer.id);
      faults.release(unreadable.id);
      assert.ok(fault.used > 0 && lostAnswer.used > 0 && unreadable.used > 0, 'everything went wrong');
      assert.equal(run.state, 'done');
      assert.equal(run.total, run.succeeded + run.skipped);
      const { results } = await resultsOf(runId, '?limit=200');
      assert.equal(results.length, run.total);
      const unknown = results.filter(({ code }) => code === 'outcome_unknown').map(({ trainerId }) => trainerId);
      assert.ok(unknown.length <= 4, `${unknown.length} are in doubt`);
      for (const { trainerId, code } of results) {
        const trainer = trainers.find(({ Id }) => Id === trainerId) ?? assert.fail('nobody');
        const got = mailsTo(trainer).length - (before.get(trainerId) ?? 0);
        assert.ok(code === 'reminded' ? got === 1 : got <= 1, `${code}: ${got}`);
      }
    });

    test('a lost database: the records say who was reminded today, and a ladder that is over stays over', async () => {
      const had = mails().length;
      await world.restart({ loseDatabase: true });
      await ladder();
      const runId = await remind({ trainerIds: [at(2).Id] });
      await endOf(runId);
      assert.equal((await resultsOf(runId)).results[0]?.code, 'reminded_today');
      for (let day = 0; day < 3; day++) await nextDay();
      assert.deepEqual(
        mailsTo(at(2)).length,
        mails()
          .slice(0, had)
          .filter(({ to, subject }) => to.includes(at(2).Email__c) && /connect/i.test(subject)).length,
      );
    });
  });
}
