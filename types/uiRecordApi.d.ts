/** Reading records through Lightning Data Service, as far as it is used here. */
declare module 'lightning/uiRecordApi' {
  type FieldReference = { fieldApiName: string; objectApiName: string };
  interface UiRecord {
    readonly id: string;
    readonly fields: Record<string, { value: unknown; displayValue: string | null }>;
  }
  export const getRecord: import('lwc').WireAdapterConstructor<any, ApexResult<UiRecord>>;
  /** @returns undefined for a field that the user may not read */
  export function getFieldValue(record: UiRecord, field: FieldReference): unknown;
}
