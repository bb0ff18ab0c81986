/** How the control room looks on this device. */
export type Appearance = { readonly scheme: Scheme; readonly density: Density };
export const schemes = ['system', 'light', 'dark'] as const;
export type Scheme = (typeof schemes)[number];
export const densities = ['comfortable', 'compact', 'touch'] as const;
export type Density = (typeof densities)[number];

const key = 'hive-appearance';
const usual: Appearance = { scheme: 'system', density: 'comfortable' };

/** The choice of this browser; the usual one where none was made, or it cannot be read. */
export const readAppearance = (): Appearance => {
  try {
    const { scheme, density } = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Appearance>;
    return {
      scheme: schemes.find((it) => it === scheme) ?? usual.scheme,
      density: densities.find((it) => it === density) ?? usual.density,
    };
  } catch {
    return usual;
  }
};

/** Shows a choice without keeping it. */
export const applyAppearance = ({ scheme, density }: Appearance): void => {
  const { style, dataset } = document.documentElement;
  style.colorScheme = scheme === 'system' ? '' : scheme;
  if (density === usual.density) delete dataset['density'];
  else dataset['density'] = density;
};

/** Keeps a choice for this browser and shows it. */
export const chooseAppearance = (choice: Appearance): void => {
  localStorage.setItem(key, JSON.stringify(choice));
  applyAppearance(choice);
};
