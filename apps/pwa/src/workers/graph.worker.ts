import { layOut, type GraphLayout, type GraphQuestion } from '../features/graph/lay-out.ts';
import { answerAsked } from './answer-asked.ts';

answerAsked<GraphQuestion, GraphLayout>(layOut);
