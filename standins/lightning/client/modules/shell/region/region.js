import { LightningElement, api } from 'lwc';

/** The blocks of one region of a page, from top to bottom. */
export default class Region extends LightningElement {
  @api blocks = [];
  @api record;
  @api width;

  get items() {
    return this.blocks.map((block, index) => ({
      key: `${index}`,
      block,
      highlights: block.type === 'highlights',
      details: block.type === 'details',
      properties: {
        ...block.properties,
        flexipageRegionWidth: this.width,
        ...(this.record ? { recordId: this.record.id, objectApiName: this.record.object.name } : {}),
      },
    }));
  }
}
