import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UnsupportedApex } from '../../apex/values.ts';
import { booking, call, trainerId, USERS } from '../support.ts';
import { startApexWorld, type ApexWorld, type Mutation } from './apex-world.ts';
import { ask, CLASSES, remove, SETS, testDecidingLines, withoutClass, type DecidingLine } from './deciding-lines.ts';

const ofLi =
  (method: string, parameters: object, user: keyof typeof USERS = 'wei') =>
  async (world: ApexWorld) =>
    world.outcome(USERS[user], method, { trainerId: await trainerId(world.org, 'li.na@example.com'), ...parameters });
const ownStatus = async (world: ApexWorld) =>
  world.outcome(USERS.wei, 'TrainerConnectionsController.getConnections', {
    trainerId: await trainerId(world.org, 'wei.tan@example.com'),
  });
/** Their one booking, made by somebody else. */
const ownMeeting = async (world: ApexWorld) => {
  const wei = await trainerId(world.org, 'wei.tan@example.com');
  const { body } = await call(world.org, USERS.staff, 'POST', '/sobjects/Training_Booking__c', booking(wei));
  return world.outcome(USERS.wei, 'TrainingBookingController.getMeeting', { bookingId: (body as { id: string }).id });
};
/** A change of a booking that the user sees. */
const ofOwnBooking =
  (method: string, parameters: object, user: keyof typeof USERS = 'wei') =>
  async (world: ApexWorld) => {
    const wei = await trainerId(world.org, 'wei.tan@example.com');
    const { body } = await call(world.org, USERS.staff, 'POST', '/sobjects/Training_Booking__c', booking(wei));
    return world.outcome(USERS[user], method, { bookingId: (body as { id: string }).id, ...parameters });
  };
const startForLi = ofLi('TrainerConnectionsController.startConnect', { provider: 'lark', returnUrl: '' });

/** Staff who are trainers too see every trainer's record, so only the guard stands between them and the connections. */
const staffWhoTrain: Mutation = {
  file: 'data/users.json',
  from: '"permissionSets": ["Trainer_Connect_Staff", "Trainer_Connect_Callout"]',
  to: '"permissionSets": ["Trainer_Connect_Staff", "Trainer_Connect_Trainer", "Trainer_Connect_Callout"]',
};
const NOT_OWN = /^refused: You can only look after your own connections/;
const NO_CALLOUT = /^refused \(unreachable\): The booking service does not answer/;
const NO_CLASS = /^refused: You do not have access to the Apex class/;
const CONNECTIONS = `${CLASSES}/TrainerConnectionsController.cls`;
const BOOKINGS = `${CLASSES}/TrainingBookingController.cls`;
const OWNER_GUARD = 'TrainerConnectGuard.requireOwnerOrAdmin(trainerId);';

/** The n-th occurrence of the owner guard, with what follows it. */
const guardBefore = (next: string) => ({ file: CONNECTIONS, from: `${OWNER_GUARD}\n            ${next}`, to: next });

const CHANGE_GUARD = 'TrainerConnectGuard.requireBookingChanger(bookingId);';
const CHANGES = [
  ['reschedule', { bookDate: '2026-12-01', startTime: '10:00', endTime: '11:00', timeZone: 'Asia/Singapore' }],
  ['reassign', { trainerId: 'a04000000000002AAA' }],
  ['cancelBooking', {}],
  ['regenerateLink', {}],
  ['setManualLink', { link: 'https://meet.example.com/1' }],
] as const;
/** What stands from the name of each of them to its guard. */
const GUARDS = {
  reschedule: `String timeZone\n ) {\n try {\n ${CHANGE_GUARD}`,
  reassign: `reassign(Id bookingId, Id trainerId) {\n try {\n ${CHANGE_GUARD}`,
  cancelBooking: `cancelBooking(Id bookingId) {\n try {\n ${CHANGE_GUARD}`,
  regenerateLink: `regenerateLink(Id bookingId) {\n try {\n ${CHANGE_GUARD}`,
  setManualLink: `setManualLink(Id bookingId, String link) {\n try {\n ${CHANGE_GUARD}`,
};

const CASES: readonly DecidingLine[] = [
  {
    name: 'the owner guard of startConnect',
    mutation: guardBefore('TrainerConnectGuard.requireProvider(provider);\n            String answer'),
    ask: startForLi,
    unchanged: NOT_OWN,
    changed: /^"https:/,
  },
  {
    name: 'the owner guard of getConnections',
    given: [staffWhoTrain],
    mutation: guardBefore('String answer = TrainerConnectMiddleware.get('),
    ask: ofLi('TrainerConnectionsController.getConnections', {}, 'staff'),
    unchanged: NOT_OWN,
    changed: /"connected":true/,
  },
  {
    name: 'the owner guard of disconnect',
    given: [staffWhoTrain],
    mutation: guardBefore(
      'TrainerConnectGuard.requireProvider(provider);\n            TrainerConnectMiddleware.remove(',
    ),
    ask: ofLi('TrainerConnectionsController.disconnect', { provider: 'lark' }, 'staff'),
    unchanged: NOT_OWN,
    changed: /^null$/,
  },
  {
    name: 'the ownership condition of the guard',
    given: [staffWhoTrain],
    mutation: remove(`${CLASSES}/TrainerConnectGuard.cls`, ' AND User__c = :UserInfo.getUserId()'),
    ask: ofLi('TrainerConnectionsController.startConnect', { provider: 'lark', returnUrl: '' }, 'staff'),
    unchanged: NOT_OWN,
    changed: /^"https:/,
  },
  {
    name: 'the admin guard of getManagedTrainers',
    mutation: remove(CONNECTIONS, 'TrainerConnectGuard.requireAdmin();'),
    ask: ask('wei', 'TrainerConnectionsController.getManagedTrainers'),
    unchanged: /^refused: Only an admin/,
    changed: /Wei Tan/,
  },
  {
    name: 'the guard of book',
    mutation: {
      file: BOOKINGS,
      from: 'TrainerConnectGuard.requireBookingEditor();\n            String answer = TrainerConnectMiddleware.post(',
      to: 'String answer = TrainerConnectMiddleware.post(',
    },
    ask: (world) => world.outcome(USERS.wei, 'TrainingBookingController.book', { request: {} }),
    unchanged: /^refused: You do not have the permission to book/,
    changed: /"bookingName":"TB-00042"/,
  },
  {
    name: 'the guard of getAvailability',
    mutation: {
      file: BOOKINGS,
      from: 'TrainerConnectGuard.requireBookingEditor();\n            String answer = TrainerConnectMiddleware.getForEach(',
      to: 'String answer = TrainerConnectMiddleware.getForEach(',
    },
    ask: async (world) =>
      world.outcome(USERS.wei, 'TrainingBookingController.getAvailability', {
        trainerIds: [await trainerId(world.org, 'li.na@example.com')],
        fromTime: '2026-11-30',
        toTime: '2026-12-06',
      }),
    unchanged: /^refused: You do not have the permission to book/,
    changed: /"slots"/,
  },
  ...CHANGES.map(([method, parameters]): DecidingLine => ({
    name: `the guard of ${method}`,
    mutation: {
      file: BOOKINGS,
      from: GUARDS[method],
      to: GUARDS[method].replace(CHANGE_GUARD, ''),
    },
    ask: ofOwnBooking(`TrainingBookingController.${method}`, parameters),
    unchanged: /^refused: You do not have the permission to change/,
    changed: /"bookingName":"TB-00042"/,
  })),
  {
    name: 'the right to change in the guard of changes',
    mutation: { file: `${CLASSES}/TrainerConnectGuard.cls`, from: 'if (!mayChangeBookings()) {', to: 'if (false) {' },
    ask: ofOwnBooking('TrainingBookingController.cancelBooking', {}),
    unchanged: /^refused: You do not have the permission to change/,
    changed: /"bookingName":"TB-00042"/,
  },
  {
    name: 'the look at the booking in the guard of changes',
    mutation: { file: `${CLASSES}/TrainerConnectGuard.cls`, from: 'if (visible == 0) {', to: 'if (false) {' },
    ask: (world) =>
      world.outcome(USERS.staff, 'TrainingBookingController.cancelBooking', { bookingId: 'a03000000000999AAA' }),
    unchanged: /^refused \(booking_not_found\)/,
    changed: /"bookingName":"TB-00042"/,
  },
  {
    name: "the staff's right to edit bookings",
    mutation: {
      file: `${SETS}/Trainer_Connect_Staff.permissionset-meta.xml`,
      from: '<allowEdit>true</allowEdit>\n        <allowRead>true</allowRead>\n        <modifyAllRecords>false</modifyAllRecords>\n        <object>Training_Booking__c',
      to: '<allowEdit>false</allowEdit>\n        <allowRead>true</allowRead>\n        <modifyAllRecords>false</modifyAllRecords>\n        <object>Training_Booking__c',
    },
    ask: ofOwnBooking('TrainingBookingController.getMeeting', {}, 'staff'),
    unchanged: /"mayChange":true/,
    changed: /"mayChange":false/,
  },
  {
    name: 'the condition of getTrainers that leaves out inactive ones',
    mutation: remove(BOOKINGS, 'WHERE Active__c = TRUE'),
    ask: ask('staff', 'TrainingBookingController.getTrainers'),
    unchanged: /^(?!.*Tomáš)/,
    changed: /Tomáš/,
  },
  {
    name: 'the condition of getMyTrainer',
    mutation: remove(CONNECTIONS, 'User__c = :UserInfo.getUserId() AND '),
    ask: ask('admin', 'TrainerConnectionsController.getMyTrainer'),
    unchanged: /^null$/,
    changed: /^refused: Two active trainers/,
  },
  {
    name: 'the header that names the acting user',
    mutation: remove(`${CLASSES}/TrainerConnectMiddleware.cls`, "request.setHeader('X-Actor', UserInfo.getUserId());"),
    ask: async (world) => {
      await ownStatus(world);
      return world.middleware.requests[0]?.headers['x-actor'] ?? 'nobody';
    },
    unchanged: /^"005/,
    changed: /nobody/,
  },
  {
    name: "the trainers' access to their class",
    mutation: withoutClass('Trainer_Connect_Trainer', 'TrainerConnectionsController'),
    ask: ask('wei', 'TrainerConnectionsController.getMyTrainer'),
    unchanged: /Wei Tan/,
    changed: NO_CLASS,
  },
  {
    name: "the staff's access to their class",
    mutation: withoutClass('Trainer_Connect_Staff', 'TrainingBookingController'),
    ask: ask('staff', 'TrainingBookingController.getTrainers'),
    unchanged: /Wei Tan/,
    changed: NO_CLASS,
  },
  {
    name: 'the permission set Trainer_Connect_Callout of a user',
    mutation: {
      file: 'data/users.json',
      from: '"permissionSets": ["Trainer_Connect_Trainer", "Trainer_Connect_Callout"]',
      to: '"permissionSets": ["Trainer_Connect_Trainer"]',
    },
    ask: ownStatus,
    unchanged: /"connected":true/,
    changed: NO_CALLOUT,
  },
  {
    name: 'the access to the principal of the External Credential',
    mutation: {
      file: `${SETS}/Trainer_Connect_Callout.permissionset-meta.xml`,
      from: '<enabled>true</enabled>\n        <externalCredentialPrincipal>',
      to: '<enabled>false</enabled>\n        <externalCredentialPrincipal>',
    },
    ask: ownStatus,
    unchanged: /"connected":true/,
    changed: NO_CALLOUT,
  },
  {
    name: 'Read on User External Credential',
    mutation: {
      file: `${SETS}/Trainer_Connect_Callout.permissionset-meta.xml`,
      from: '<allowRead>true</allowRead>',
      to: '<allowRead>false</allowRead>',
    },
    ask: ownStatus,
    unchanged: /"connected":true/,
    changed: NO_CALLOUT,
  },
  {
    name: 'a field permission of staff',
    mutation: {
      file: `${SETS}/Trainer_Connect_Staff.permissionset-meta.xml`,
      from: '<field>Onboarding_Trainer__c.Time_Zone__c</field>\n        <readable>true</readable>',
      to: '<field>Onboarding_Trainer__c.Time_Zone__c</field>\n        <readable>false</readable>',
    },
    ask: ask('staff', 'TrainingBookingController.getTrainers'),
    unchanged: /Wei Tan/,
    changed: /^refused \(salesforce_refused\): Salesforce refused this: .*Time_Zone__c/s,
  },
  {
    name: 'a field permission of trainers',
    mutation: {
      file: `${SETS}/Trainer_Connect_Trainer.permissionset-meta.xml`,
      from: '<field>Training_Booking__c.Meeting_Link_Status__c</field>\n        <readable>true</readable>',
      to: '<field>Training_Booking__c.Meeting_Link_Status__c</field>\n        <readable>false</readable>',
    },
    ask: ownMeeting,
    unchanged: /"bookingName":"TB-\d+"/,
    changed: /^refused \(salesforce_refused\): Salesforce refused this: .*Meeting_Link_Status__c/s,
  },
  {
    name: 'the condition of getMeeting',
    mutation: remove(BOOKINGS, 'WHERE Id = :bookingId'),
    ask: async (world) => {
      await ownMeeting(world);
      const given = { bookingId: 'a03000000000001AAA' };
      return world.outcome(USERS.staff, 'TrainingBookingController.getMeeting', given);
    },
    unchanged: /^refused \(booking_not_found\): This booking does not exist/,
    changed: /"bookingName":"TB-00001"/,
  },
  {
    name: 'the custom permission of admins',
    mutation: {
      file: `${SETS}/Trainer_Connect_Admin.permissionset-meta.xml`,
      from: '<enabled>true</enabled>\n        <name>Manage_Trainer_Connections</name>',
      to: '<enabled>false</enabled>\n        <name>Manage_Trainer_Connections</name>',
    },
    ask: ask('admin', 'TrainerConnectionsController.getManagedTrainers'),
    unchanged: /Wei Tan/,
    changed: /^refused: Only an admin/,
  },
];

describe('one line less, and a refusal is lifted or an answer is gone', () => {
  testDecidingLines(CASES);

  for (const [name, from, to] of [
    ['sharing', 'public with sharing class', 'public class'],
    ['sharing, the other way', 'public with sharing class', 'public without sharing class'],
    ['user mode', 'WITH USER_MODE', ''],
  ] as const) {
    for (const file of [
      CONNECTIONS,
      BOOKINGS,
      `${CLASSES}/ConnectionMonitorController.cls`,
      `${CLASSES}/TrainerConnectGuard.cls`,
    ]) {
      it(`${name}: ${file.split('/').at(-1)} without it is not followed at all`, async () => {
        await assert.rejects(startApexWorld({ sample: 'users', mutations: [{ file, from, to }] }), (error) => {
          return error instanceof UnsupportedApex && /without/.test(error.message);
        });
      });
    }
  }
});
