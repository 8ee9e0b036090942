import { runEchoRobot } from './returning/echo-robot.ts';

runEchoRobot(process.env);
