// Line icons on a 20-unit grid, drawn for this app.

const kPaths = {
  plus: 'M10 4v12M4 10h12',
  search: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM13 13l4 4',
  close: 'M5 5l10 10M15 5L5 15',
  pin: 'M7.5 3.5h5l-.6 5 2.6 2.7v1.3h-9v-1.3l2.6-2.7-.6-5ZM10 12.5V17',
  trash: 'M4 5.5h12M8 5.5v-2h4v2M5.5 5.5l.7 11h7.6l.7-11M8.5 8.5v5M11.5 8.5v5',
  back: 'M12 4.5L6.5 10l5.5 5.5',
  restore: 'M5 8.5h7a4 4 0 0 1 0 8H8M5 8.5l3.5-3.5M5 8.5L8.5 12',
  settings: 'M3.5 6h7M14.5 6h2M12.5 4v4M3.5 14h2M9.5 14h7M7.5 12v4',
  keyboard: 'M2.5 5.5h15v9h-15zM5.5 8.5h.01M8.5 8.5h.01M11.5 8.5h.01M14.5 8.5h.01M6.5 11.5h7',
  memo: 'M5 3h7l3.5 3.5V17H5zM12 3v3.5h3.5M7.5 10h5M7.5 13h5',
  cloudOff: 'M3 3l14 14M6 8a3.5 3.5 0 0 0 .2 7H14M8.5 5.8A4.5 4.5 0 0 1 14.4 9a3 3 0 0 1 2 4.6',
  clock: 'M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM10 6.5V10l2.5 1.5',
  check: 'M4.5 10.5l3.5 3.5 7.5-8',
  alert: 'M10 3.5l7.5 13h-15zM10 8.5v3.5M10 14.2h.01',
  eye: 'M2.5 10S5.5 5 10 5s7.5 5 7.5 5-3 5-7.5 5-7.5-5-7.5-5ZM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z',
  logout: 'M11 4H5v12h6M9 10h8M14 7l3 3-3 3',
} as const;

export type IconName = keyof typeof kPaths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={kPaths[name]} />
    </svg>
  );
}

/** Two sheets, one standing in for the other. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path
        class="mark-back"
        d="M12 3h13a4 4 0 0 1 4 4v15a4 4 0 0 1-4 4H12a4 4 0 0 1-4-4V7a4 4 0 0 1 4-4Z"
      />
      <path class="mark-front" d="M7 7h9l8 8v10a4 4 0 0 1-4 4H7a4 4 0 0 1-4-4V11a4 4 0 0 1 4-4Z" />
      <path class="mark-fold" d="M16 7l8 8h-5a3 3 0 0 1-3-3V7Z" />
      <path class="mark-line" d="M8 19h8M8 23.5h5" />
    </svg>
  );
}
