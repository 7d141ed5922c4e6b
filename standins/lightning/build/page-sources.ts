/** Where the pages are built from. */
export interface PageSources {
  /** Package folder (`force-app/main/default`): its `lwc/`, `classes/` and `labels/`. */
  root: string;
  /** Names of the custom components that tabs and pages place. */
  components: string[];
}
