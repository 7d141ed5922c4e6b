/** What tests look at in the vendor's answers. A field that an answer lacks is undefined at run time. */
export interface AnswerBody {
  code: number;
  data: AnswerData;
  error: { log_id: string; permission_violations: { type: string; subject: string }[] };
  [name: string]: unknown;
}

export interface EventReply {
  event_id: string;
  organizer_calendar_id: string;
  summary: string;
  description: string;
  start_time: object;
  end_time: object;
  location: object;
  vchat: { vc_type: string; meeting_url?: string } | undefined;
  event_organizer: { user_id?: string; display_name: string };
  status: string;
  create_time: string;
}

interface AnswerData {
  reserve: Record<string, unknown>;
  reserve_correction_check_info: { invalid_host_id_list: string[] };
  calendars: { calendar: { calendar_id: string }; user_id: string }[];
  calendar_list: { calendar_id: string; type: string }[];
  event: EventReply;
  items: EventReply[];
  has_more: boolean;
  page_token: string;
  sync_token: string;
  attendees: Record<string, unknown>[];
  freebusy_list: { start_time: string; end_time: string; rsvp_status?: string }[];
  freebusy_lists: { user_id: string; freebusy_items: object[] }[];
  user_list: { user_id?: string; email?: string }[];
  open_id: string;
  tenant_key: string;
}
