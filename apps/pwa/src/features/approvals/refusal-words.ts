import { visibleLine } from '../../ui/visible-text.ts';

/** Why a decision cannot take effect, in words of the screen. */
export const refusalWords = (refused: { readonly code: string; readonly message: string } | null): string => {
  const said = visibleLine(refused?.message ?? '');
  const first = {
    'approval.changed': 'superseded. ',
    'approval.expired': 'expired. ',
    'approval.decided': 'decided already. ',
  }[refused?.code ?? ''];
  return `${first ?? ''}${said}`;
};
