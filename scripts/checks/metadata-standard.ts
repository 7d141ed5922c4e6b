/** The standard objects that the package names, with the fields that may be used of them: no more than is needed. */
export const STANDARD_OBJECTS: Readonly<Record<string, readonly string[]>> = {
  Account: ['Name', 'AccountNumber', 'Phone', 'Website', 'Description'],
  Contact: ['FirstName', 'LastName', 'Name', 'AccountId', 'Email', 'Phone'],
  EmailTemplate: ['Name', 'DeveloperName', 'Subject', 'Body', 'HtmlValue', 'FolderId', 'IsActive'],
  Lead: ['FirstName', 'LastName', 'Name', 'Company', 'Email', 'Phone', 'Status', 'LeadSource', 'IsConverted'],
  Organization: ['Name', 'IsSandbox', 'OrganizationType'],
  Profile: ['Name'],
  StaticResource: ['Name', 'Body'],
  Task: ['Subject', 'ActivityDate', 'Description', 'Priority', 'Status', 'WhatId', 'WhoId'],
  User: ['Name', 'FirstName', 'LastName', 'Username', 'Email', 'Alias', 'IsActive', 'TimeZoneSidKey', 'ProfileId'],
  UserExternalCredential: [],
};

/** Where lookups of standard objects lead: relationship name to object. */
export const STANDARD_RELATIONSHIPS: Readonly<Record<string, string>> = {
  Owner: 'User',
  CreatedBy: 'User',
  LastModifiedBy: 'User',
  Account: 'Account',
  Profile: 'Profile',
};

/** On every record. */
export const SYSTEM_FIELDS = [
  'Id',
  'Name',
  'OwnerId',
  'IsDeleted',
  'CreatedDate',
  'CreatedById',
  'LastModifiedDate',
  'LastModifiedById',
  'LastViewedDate',
  'LastReferencedDate',
  'LastActivityDate',
  'SystemModstamp',
  'RecordTypeId',
];

/** What list views call the system fields. */
export const LIST_VIEW_COLUMNS = [
  'NAME',
  'OWNER.ALIAS',
  'OWNER.FIRST_NAME',
  'OWNER.LAST_NAME',
  'CREATED_DATE',
  'CREATEDBY_USER',
  'CREATEDBY_USER.ALIAS',
  'LAST_ACTIVITY',
  'LAST_UPDATE',
  'UPDATEDBY_USER',
  'UPDATEDBY_USER.ALIAS',
];

/** User permissions that the sets use, as the Metadata API calls them. */
export const USER_PERMISSIONS = [
  'ApiEnabled',
  'EditTask',
  'ReadEmailTemplates',
  'RunFlow',
  'RunReports',
  'SubscribeDashboardByRole',
  'ViewDashboards',
  'ViewRoles',
  'ViewSetup',
];

/** Related lists that no field makes. */
export const STANDARD_RELATED_LISTS = [
  'RelatedActivityList',
  'RelatedHistoryList',
  'RelatedNoteList',
  'RelatedContentNoteList',
  'RelatedFileList',
  'RelatedEntityHistoryList',
  'RelatedOpenActivityList',
];
