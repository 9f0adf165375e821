import { ConfirmPurge } from './dialogs/confirm-purge.tsx';
import { Settings } from './dialogs/settings.tsx';
import { Shortcuts } from './dialogs/shortcuts.tsx';
import { SignOutPending } from './dialogs/sign-out.tsx';
import { StuckDialog } from './dialogs/stuck.tsx';
import { useSelect } from './context.tsx';

export function Dialogs() {
  const dialog = useSelect((state) => state.dialog);
  switch (dialog?.dialog) {
    case 'settings':
      return <Settings />;
    case 'shortcuts':
      return <Shortcuts />;
    case 'purge':
      return <ConfirmPurge memo={dialog.memo} />;
    case 'stuck':
      return <StuckDialog memo={dialog.memo} />;
    case 'sign-out':
      return <SignOutPending />;
    case undefined:
      return null;
  }
}
