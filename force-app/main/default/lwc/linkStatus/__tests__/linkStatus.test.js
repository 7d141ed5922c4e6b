import { describeLinkStatus } from 'c/linkStatus';

describe('c-link-status', () => {
  it.each([
    ['Not Needed', 'Not_Needed'],
    ['Pending', 'Pending'],
    ['Pending Trainer Setup', 'Setup'],
    ['Ready', 'Ready'],
    ['Manual', 'Manual'],
    ['Failed', 'Failed'],
    [null, 'None'],
  ])('says %s in words and explains it', (status, name) => {
    expect(describeLinkStatus(status)).toMatchObject({
      label: `c.TC_Meeting_${name}`,
      help: `c.TC_Meeting_${name}_Help`,
    });
  });

  it('shows a status that it does not know as it is', () => {
    expect(describeLinkStatus('Archived')).toMatchObject({ label: 'Archived', help: '' });
  });
});
