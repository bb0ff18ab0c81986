import type { StoredPlan } from './stored-examples.ts';

/** Fingerprints of the bundled examples as released. Written by `node packages/front-desk/src/write-stored-plans.ts`. */
export const storedPlans: readonly StoredPlan[] = [
  {
    plan: '73a42b5a72a814d7281b5d78a49abe2668899685fbd494381f3bc3541aba22ac',
    patches: {
      'parse-dates': '17a2c024bf87aae470afe308e6d4b06cf3fce26da5f529a7a24587f9e44598b8',
      'fast-path': '0987e5018d35387bf3dabcf183e7e722c37d974ff638972fc59fb8d6b8ff8b83',
      'iso-weeks': '7c432cee77688ecf3b3949602034e8c28785d84654d564f9983be5bf45b3ceca',
      'week-labels': 'fd23abd69761a60efbe43143e0150951b91abd1178e667906217126bf239fc88',
      'end-of-month': '153634796e1130650092ef65c95525d7277b45f7c45c8a5dafe278c88a63d0a9',
      'month-series': 'd2f8fa80a94d62c7c91d3bea315906c1808d63c24c5560e1da3d8eb6c339d811',
      'add-duration': 'b1fa4771c9b2b7e630c2389b4d29ccf4cda769255e2bc27784019820e6f0dc79',
      guide: '481c43a0f70b014bb7fe0b1cfaadb02e7af197ec406cc1276b34d7eb0e9285a9',
      tidy: '9352f31feb7319bb640800a1a96c5a073933f7cf298271aa0bac765a966582cb',
    },
  },
];
