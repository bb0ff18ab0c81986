export { armFailpoints, disarmFailpoints, type Arming, type Hit } from './arm.ts';
export { failpoint, failpointSync } from './failpoint.ts';
export { failpoints, isFailpointName, type FailpointName } from './names.ts';
export { formatOrder, parseOrders, type Action, type Order } from './order.ts';
