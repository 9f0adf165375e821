const kArt = {
  board: 'M30 18h46l14 14v58H30zM76 18v14h14M42 48h36M42 60h36M42 72h20',
  trash: 'M32 34h56M50 34V24h20v10M38 34l4 56h36l4-56M54 48v28M66 48v28',
  search: 'M54 22a28 28 0 1 0 0 56 28 28 0 0 0 0-56ZM75 71l19 19M44 50h20',
  pick: 'M40 22h40l12 12v48H40zM80 22v12h12M28 34v58h50M52 52h28M52 64h18',
  cloud: 'M24 24l72 72M40 46a17 17 0 0 0 1 34h38M46 40a22 22 0 0 1 34 12 15 15 0 0 1 12 20',
} as const;

interface EmptyProps {
  art: keyof typeof kArt;
  title: string;
  hint: string;
}

export function Empty({ art, title, hint }: EmptyProps) {
  return (
    <div class="empty">
      <svg viewBox="0 0 120 112" aria-hidden="true">
        <circle cx="60" cy="56" r="50" />
        <path d={kArt[art]} />
      </svg>
      <p class="empty-title">{title}</p>
      <p class="empty-hint">{hint}</p>
    </div>
  );
}
